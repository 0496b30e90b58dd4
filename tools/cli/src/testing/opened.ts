import { parseCloudTrailEvent, type ApiCall } from '@portcullis/cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';

/**
 * A call of a user that opened tcp/`port` to the world, on that day of November 2026.
 *
 * @param n the position of the rule among those of the group, from 1.
 */
export function opened(who: string, groupId: string, n: number, port: number, day: number): ApiCall {
  const parsed = parseCloudTrailEvent(
    cloudTrailEvent({
      eventName: 'AuthorizeSecurityGroupIngress',
      eventID: `e-${groupId}-${n}`,
      eventTime: `2026-11-${day}T11:00:00Z`,
      userIdentity: { type: 'IAMUser', userName: who, arn: `arn:aws:iam::111122223333:user/${who}` },
      requestParameters: { groupId, ipPermissions: {} },
      responseElements: {
        securityGroupRuleSet: {
          items: [
            {
              groupId,
              securityGroupRuleId: `sgr-${n}-${groupId}`,
              isEgress: false,
              ipProtocol: 'tcp',
              fromPort: port,
              toPort: port,
              cidrIpv4: '0.0.0.0/0',
            },
          ],
        },
      },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}
