/** Source texts of Lambda functions for tests. The functions do not use the AWS SDK. */

/** Logs and returns the call that the event describes. */
export const REPORTER_SOURCE = `export const handler = async ({ detail }) => {
  console.log('reported', detail.eventName);
  return { eventName: detail.eventName, by: detail.userIdentity.arn, error: detail.errorCode };
};`;

/**
 * Evaluates a group. The name of the group decides whether the function restores the group, loops or fails. Requests are not signed,
 * because the sandbox does not check signatures.
 */
export const JUDGE_SOURCE = `
const call = (service, headers, body) => fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body, headers: { ...headers,
  authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/' + process.env.AWS_REGION + '/' + service
    + '/aws4_request, SignedHeaders=host, Signature=0' } });
const ec2 = (parameters) => call('ec2', { 'content-type': 'application/x-www-form-urlencoded' },
  new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString());
export const handler = async (event) => {
  const { messageType, configurationItem: item } = JSON.parse(event.invokingEvent);
  if (item === undefined) return { messageType };
  const rule = { GroupId: item.resourceId, IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };
  const open = (item.configuration?.ipPermissions ?? []).length > 0;
  if (item.resourceName.startsWith('fail')) throw new Error('cannot judge');
  if (item.resourceName.startsWith('loop')) await ec2({ Action: (open ? 'Revoke' : 'Authorize') + 'SecurityGroupIngress', ...rule });
  if (item.resourceName.startsWith('restore') && open) await ec2({ Action: 'RevokeSecurityGroupIngress', ...rule });
  await call('config', { 'x-amz-target': 'StarlingDoveService.PutEvaluations' }, JSON.stringify({
    ResultToken: event.resultToken, Evaluations: [{ ComplianceResourceType: item.resourceType, ComplianceResourceId: item.resourceId,
      ComplianceType: open ? 'NON_COMPLIANT' : 'COMPLIANT', Annotation: item.resourceName,
      OrderingTimestamp: Date.parse(item.configurationItemCaptureTime) / 1000 }] }));
  return { groupId: item.resourceId, status: item.configurationItemStatus, left: event.eventLeftScope, open };
};`;

/** Crashes, hangs, throws an error or returns a greeting, depending on the event. */
export const CLUMSY_SOURCE = `export const handler = async ({ how }) => {
  if (how === 'crash') process.exit(3);
  if (how === 'hang') await new Promise(() => setInterval(() => {}, 1000));
  if (how === 'throw') throw new TypeError('a mistake');
  return process.env.GREETING;
};`;
