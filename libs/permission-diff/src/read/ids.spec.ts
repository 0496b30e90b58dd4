import { readRules } from './read-rules.js';

const read = (permission: object) => readRules([{ IpProtocol: '-1', ...permission }], { path: 'p' });
const group = (GroupId: string, UserId?: string) => ({ UserIdGroupPairs: [{ GroupId, UserId }] });
const list = (PrefixListId: string) => ({ PrefixListIds: [{ PrefixListId }] });

describe('an id', () => {
  it.each([
    ['of a group', group('sg-0123456789abcdef0')],
    ['of a group from before 2018', group('sg-1A2b3c4d')],
    ['of a prefix list', list('pl-0123456789abcdef0')],
    ['of an account', group('sg-1', '111122223333')],
    ['of the owner of load balancers outside a VPC', group('sg-1', 'amazon-elb')],
  ])('%s is taken', (_, permission) => {
    expect(read(permission).ok).toBe(true);
  });

  it.each([
    ['a group, with something before it', group('xsg-1'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a group, with something after it', group('sg-1!'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a group, and nothing but its kind', group('sg-'), 'UserIdGroupPairs[0].GroupId', 'the id of a security group, `sg-…`'],
    ['a list, with something before it', list('xpl-1'), 'PrefixListIds[0].PrefixListId', 'the id of a prefix list, `pl-…`'],
    ['a list, with something after it', list('pl-1 '), 'PrefixListIds[0].PrefixListId', 'the id of a prefix list, `pl-…`'],
    ['an account of 13 digits', group('sg-1', '1111222233334'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an account after a letter', group('sg-1', 'a111122223333'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an owner by half its name', group('sg-1', 'amazon'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
    ['an owner and more', group('sg-1', 'amazon-elbx'), 'UserIdGroupPairs[0].UserId', 'the 12 digits of an AWS account'],
  ])('of %s, is refused', (_, permission, field, expected) => {
    expect(read(permission)).toMatchObject({
      ok: false,
      problems: [{ code: 'not-an-id', path: `p[0].${field}`, expected }],
    });
  });
});
