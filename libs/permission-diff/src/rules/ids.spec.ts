import { readRules } from './read-rules.js';

const read = (permission: object) => readRules([{ IpProtocol: '-1', ...permission }], { path: 'p' });
const group = (GroupId: string, UserId?: string) => ({ UserIdGroupPairs: [{ GroupId, UserId }] });
const list = (PrefixListId: string) => ({ PrefixListIds: [{ PrefixListId }] });

describe('an id', () => {
  it.each([
    ['of a group', group('sg-0123456789abcdef0')],
    ['of a group created before 2018', group('sg-1A2b3c4d')],
    ['of a prefix list', list('pl-0123456789abcdef0')],
    ['of an account', group('sg-1', '111122223333')],
    ['of the owner of load balancers outside a VPC', group('sg-1', 'amazon-elb')],
  ])('readRules accepts the id %s', (_, permission) => {
    expect(read(permission).ok).toBe(true);
  });

  it.each([
    ['a group, with a leading character', group('xsg-1'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a group, with a trailing character', group('sg-1!'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a group, with only the prefix', group('sg-'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a prefix list, with leading characters', list('xpl-1'), 'PrefixListIds[0].PrefixListId', 'the id of a prefix list, `pl-…`'],
    ['a prefix list, with a trailing space', list('pl-1 '), 'PrefixListIds[0].PrefixListId', 'the id of a prefix list, `pl-…`'],
    ['an account of 13 digits', group('sg-1', '1111222233334'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an account, with a leading letter', group('sg-1', 'a111122223333'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an owner, with half its name', group('sg-1', 'amazon'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an owner, with a trailing character', group('sg-1', 'amazon-elbx'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
  ])('readRules refuses the invalid id of %s', (_, permission, field, expected) => {
    expect(read(permission)).toMatchObject({
      ok: false,
      problems: [{ code: 'not-an-id', path: `p[0].${field}`, expected }],
    });
  });
});
