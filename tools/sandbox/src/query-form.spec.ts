import { inputOf, parseForm, renderForm } from './query-form.js';

describe('the parameters of a Query call', () => {
  it('become a tree, with numbered members as lists in the order of their numbers', () => {
    const form = parseForm(
      'Action=AuthorizeSecurityGroupIngress&Version=2016-11-15&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp' +
        '&IpPermissions.1.IpRanges.10.CidrIp=10.0.0.0%2F8&IpPermissions.1.IpRanges.9.CidrIp=0.0.0.0%2F0',
    );

    expect(inputOf(form)).toEqual({
      GroupId: 'sg-1',
      IpPermissions: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '10.0.0.0/8' }] }],
    });
  });

  it('keep lists of texts', () => {
    expect(inputOf(parseForm('SecurityGroupRuleId.1=sgr-1&SecurityGroupRuleId.2=sgr-2'))).toEqual({
      SecurityGroupRuleId: ['sgr-1', 'sgr-2'],
    });
  });

  it('are written as they were read', () => {
    const text = 'Action=CreateTags&Tag.1.Key=a+b&Tag.1.Value=%26%3D';

    expect(renderForm(parseForm(text))).toBe(text);
  });
});
