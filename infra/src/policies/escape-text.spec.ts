import { baselineOf, synthesised } from '../testing/synthesised.js';
import { statementsIn } from '../testing/template.js';
import { escapeIamConditionValue, escapeTerraformText } from './escape-text.js';

// In each row, the second text is the escaped first text: `terraform console` of Terraform 1.11 evaluated it to the first text.
it.each([
  ['plain', 'plain'],
  ['$5 {x} 100%', '$5 {x} 100%'],
  ['${x} %{y}', '$${x} %%{y}'],
  ['$${x}|%%{y}', '$$${x}|%%%{y}'],
  ['${', '$${'],
])('`escapeTerraformText` escapes `%s` as `%s`', (text, written) => {
  expect(escapeTerraformText(text)).toBe(written);
});

it.each([
  ['web*?', 'web*?'],
  ['${aws:username}', '${$}{aws:username}'],
  ['$${x}', '$${$}{x}'],
  ['$', '$'],
])('`escapeIamConditionValue` escapes `%s` as `%s`', (text, written) => {
  expect(escapeIamConditionValue(text)).toBe(written);
});

it('the tag of a baseline is escaped in the IAM policy, so that neither Terraform nor IAM evaluates the tag', () => {
  const tags = { Tier: '${aws:username}', '%{if}': '%{y}', Stage: '${TfToken[TOKEN.1]}' };
  const { text } = synthesised({}, [baselineOf('tagged', [], { groups: { tags } })]);
  // Replaces Terraform's two escapes, `$${` and `%%{`, as Terraform does.
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
