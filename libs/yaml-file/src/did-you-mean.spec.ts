import { didYouMean } from './did-you-mean.js';

const keys = ['IpProtocol', 'FromPort', 'ToPort', 'IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds', 'mode'];

it.each([
  ['IpRange', 'IpRanges'], // a missing letter
  ['FromPorts', 'FromPort'], // an extra letter
  ['IpRangse', 'IpRanges'], // two letters swapped
  ['fromPort', 'FromPort'], // the spelling in AWS Config and in the SDK for Go
  ['from_port', 'FromPort'], // Terraform's spelling
  ['Protocol', 'IpProtocol'],
  ['Mode', 'mode'],
  ['mdoe', 'mode'],
  ['User', 'UserIdGroupPairs'], // only the first letters of the candidate
  ['Ip', undefined], // too few letters for a match
  ['Ipv6Range', 'Ipv6Ranges'],
  ['CidrBlocks', undefined], // unlike every candidate
  ['x', undefined],
  ['', undefined],
  ['m'.repeat(100_000), undefined],
])('didYouMean, for the word %j, returns %s', (word, meant) => {
  expect(didYouMean(word, keys)).toBe(meant);
});
