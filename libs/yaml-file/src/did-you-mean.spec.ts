import { didYouMean } from './did-you-mean.js';

const keys = ['IpProtocol', 'FromPort', 'ToPort', 'IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds', 'mode'];

it.each([
  ['IpRange', 'IpRanges'], // a letter left out
  ['FromPorts', 'FromPort'], // one too many
  ['IpRangse', 'IpRanges'], // two swapped
  ['fromPort', 'FromPort'], // as the SDK for Go and Config write it
  ['from_port', 'FromPort'], // as Terraform writes it
  ['Protocol', 'IpProtocol'],
  ['Mode', 'mode'],
  ['mdoe', 'mode'],
  ['User', 'UserIdGroupPairs'], // cut short
  ['Ip', undefined], // too short to tell
  ['Ipv6Range', 'Ipv6Ranges'],
  ['CidrBlocks', undefined], // unlike all
  ['x', undefined],
  ['', undefined],
  ['m'.repeat(100_000), undefined],
])('suggests for %j: %s', (word, meant) => {
  expect(didYouMean(word, keys)).toBe(meant);
});
