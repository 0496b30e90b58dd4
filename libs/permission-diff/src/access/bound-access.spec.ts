import { InvalidPermissionError } from '../rules/problem.js';
import { perms, words } from '../testing/notation.js';
import { boundAccess, widestBlocks } from './bound-access.js';

const ALL = perms('-1 from 0.0.0.0/0');
const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

describe('boundAccess', () => {
  it('boundAccess forbids all traffic if the bound is empty', () => {
    expect(boundAccess(perms('tcp 1 from 10.0.0.0/8', '50 from sg-1'), [{}])).toMatchObject({ beyond: [{}, {}], within: [] });
    expect(boundAccess(ALL, [])).toEqual({ beyond: [], within: ALL });
  });

  it('boundAccess allows blocks that are not wider than `notWiderThan`, and no source group unless `groups` allows it', () => {
    const given = perms('tcp 22 from 10.0.0.0/15 192.168.0.0/16 sg-1');
    const { beyond, within } = boundAccess(given, [{ services: [SSH], notWiderThan: { ipv4: 16 } }]);

    expect(words(beyond)).toEqual(['tcp 22 from 10.0.0.0/15', 'tcp 22 from sg-1']);
    expect(within).toEqual(perms('tcp 22 from 192.168.0.0/16'));
  });

  it('boundAccess adds the given account to a source group without an account', () => {
    const given = perms('tcp 1 from sg-1 sg-2@444455556666');
    const { beyond } = boundAccess(given, [{ groups: 'ownAccount' }], { accountId: '111122223333' });

    expect(words(beyond)).toEqual(['tcp 1 from sg-2@444455556666']);
  });

  it('boundAccess checks the given addresses of a prefix list against the bounds', () => {
    const { beyond, within } = boundAccess(perms('tcp 22 from pl-1'), [{ onlyFrom: { IpRanges: [{ CidrIp: '10.0.0.0/8' }] } }], {
      addresses: { 'pl-1': ['10.1.0.0/16', '11.0.0.0/8'] },
    });

    expect(words(beyond)).toEqual(['tcp 22 from 11.0.0.0/8']);
    expect(within).toBeUndefined();
  });

  it('boundAccess allows traffic in `permit`, even beyond the bounds', () => {
    expect(boundAccess(perms('tcp 22 from sg-1'), [{}], { permit: perms('tcp 20-30 from sg-1') }).beyond).toEqual([]);
  });

  it('boundAccess returns `within: undefined` if more than `maxRules` rules are needed', () => {
    expect(boundAccess(ALL, [{ services: [SSH] }]).within).toBeUndefined();
    expect(boundAccess(ALL, [{ services: [SSH] }], { maxRules: 257 }).within).toHaveLength(257);
  });

  it('boundAccess returns rules without descriptions, because one rule can replace several rules', () => {
    const given = [{ ...SSH, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ours' }] }];

    expect(boundAccess(given, []).within).toEqual(perms('tcp 22 from 10.0.0.0/8'));
  });

  it('boundAccess refuses the invalid permissions of all lists at once', () => {
    const bad = [{ IpProtocol: 'tcp' }];
    const bounds = [{}, { services: [{ IpProtocol: 'tpc' }], onlyFrom: { IpRanges: [{ CidrIp: '10.0.0.0' }] } }];
    const act = () => boundAccess(bad, bounds, { permit: bad });

    expect(act).toThrow(InvalidPermissionError);
    for (const path of [
      'permissions[0].FromPort',
      'permit[0].FromPort',
      'bounds[1].services[0].IpProtocol',
      'bounds[1].onlyFrom[0].IpRanges[0]',
    ]) {
      expect(act).toThrow(path);
    }
  });
});

describe('widestBlocks', () => {
  it('widestBlocks joins blocks of the same service, but not blocks of different services', () => {
    expect(widestBlocks(perms('tcp 1 from 10.0.0.0/16', '-1 from 10.1.0.0/16', 'tcp 1 from ::/1'))).toEqual({ ipv4: 15, ipv6: 1 });
    expect(widestBlocks(perms('tcp 1 from 10.0.0.0/16', 'tcp 2 from 10.1.0.0/16'))).toEqual({ ipv4: 16 });
  });

  it('widestBlocks ignores source groups, but uses the known entries of prefix lists', () => {
    expect(widestBlocks(perms('tcp 1 from sg-1 pl-1'))).toEqual({});
    expect(widestBlocks(perms('tcp 1 from pl-1'), { addresses: { 'pl-1': ['10.0.0.0/9', '10.128.0.0/9'] } })).toEqual({ ipv4: 8 });
  });
});
