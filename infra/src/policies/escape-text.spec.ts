import { baselineOf, synthesised } from '../testing/synthesised.js';
import { statementsIn } from '../testing/template.js';
import { escapeIamConditionValue, escapeTerraformText } from './escape-text.js';

// In each row, `terraform console` of Terraform 1.11 evaluates the second text to the first.
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

it('a tag in a baseline reaches IAM unchanged, although Terraform and IAM evaluate the text', () => {
  const tags = { Tier: '${aws:username}', '%{if}': '%{y}', Stage: '${TfToken[TOKEN.1]}' };
  const { text } = synthesised({}, [baselineOf('tagged', [], { groups: { tags } })]);
  // Evaluates the text as Terraform does. Terraform has two escapes.
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
