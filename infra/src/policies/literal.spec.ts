import { synthesised } from '../testing/synthesised.js';
import { baselineOf } from '../testing/synthesised.js';
import { iamLiteral, terraformLiteral } from './literal.js';

// What Terraform 1.11 makes of the right-hand side is the left-hand side: tried with `terraform console`.
it.each([
  ['plain', 'plain'],
  ['$5 {x} 100%', '$5 {x} 100%'],
  ['${x} %{y}', '$${x} %%{y}'],
  ['$${x}|%%{y}', '$$${x}|%%%{y}'],
  ['${', '$${'],
])('writes %s so that Terraform leaves it as it is', (text, written) => {
  expect(terraformLiteral(text)).toBe(written);
});

it.each([
  ['web*?', 'web*?'],
  ['${aws:username}', '${$}{aws:username}'],
  ['$${x}', '$${$}{x}'],
  ['$', '$'],
])('writes %s so that IAM does not take it for a variable', (text, written) => {
  expect(iamLiteral(text)).toBe(written);
});

it('keeps a tag of a baseline as it is, through Terraform and through IAM', () => {
  const tags = { Tier: '${aws:username}', '%{if}': '%{y}', Stage: '${TfToken[TOKEN.1]}' };
  const { text } = synthesised({}, [baselineOf('tagged', [], { groups: { tags } })]);
  // What Terraform makes of it, by its two escapes.
  const policy = (/"policy": "(.*ResourceTag.*)"/.exec(text)?.[1] ?? '').replaceAll('\\"', '"').replace(/([$%])\1\{/g, '$1{');
  const { Statement } = JSON.parse(policy) as { readonly Statement: readonly { readonly Condition?: object }[] };

  expect(Statement.flatMap(({ Condition }) => Condition ?? [])).toEqual([
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
