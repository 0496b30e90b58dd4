import { baselineOf, synthesised } from '../testing/synthesised.js';
import { statementsIn } from '../testing/template.js';
import { escapeIamConditionValue, escapeTerraformText } from './escape-text.js';

// Checked with `terraform console` of Terraform 1.11, which evaluates the right-hand side to the left-hand side.
it.each([
  ['plain', 'plain'],
  ['$5 {x} 100%', '$5 {x} 100%'],
  ['${x} %{y}', '$${x} %%{y}'],
  ['$${x}|%%{y}', '$$${x}|%%%{y}'],
  ['${', '$${'],
])('escapes %s for Terraform', (text, written) => {
  expect(escapeTerraformText(text)).toBe(written);
});

it.each([
  ['web*?', 'web*?'],
  ['${aws:username}', '${$}{aws:username}'],
  ['$${x}', '$${$}{x}'],
  ['$', '$'],
])('escapes %s for IAM', (text, written) => {
  expect(escapeIamConditionValue(text)).toBe(written);
});

it('keeps the tag of a baseline unchanged, through Terraform and through IAM', () => {
  const tags = { Tier: '${aws:username}', '%{if}': '%{y}', Stage: '${TfToken[TOKEN.1]}' };
  const { text } = synthesised({}, [baselineOf('tagged', [], { groups: { tags } })]);
  // Evaluates the text as Terraform does, which has two escapes.
  const policy = (/"policy": "(.*ResourceTag.*)"/.exec(text)?.[1] ?? '').replaceAll('\\"', '"').replace(/([$%])\1\{/g, '$1{');

  expect(
    statementsIn(policy)
      .map(({ Condition }) => Condition)
      .filter((each) => each !== undefined),
  ).toEqual([
    {
      StringEquals: {
        'aws:ResourceTag/%{if}': '%{y}',
        // IAM reads `${$}` as `$`.
        'aws:ResourceTag/Stage': '${$}{TfToken[TOKEN.1]}',
        'aws:ResourceTag/Tier': '${$}{aws:username}',
      },
    },
  ]);
});
