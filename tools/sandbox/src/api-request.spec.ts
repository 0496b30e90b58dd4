import { parseApiRequest, type RawRequest } from './api-request.js';

const signed = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const raw = (request: Partial<RawRequest>): RawRequest => ({
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.alloc(0),
  remoteAddress: '127.0.0.1',
  ...request,
});

describe('a request', () => {
  it.each<readonly [string, Partial<RawRequest>, string, string]>([
    [
      'of the Query protocol',
      {
        headers: { authorization: signed('ec2'), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: Buffer.from('Action=DescribeVpcs&Version=2016-11-15'),
      },
      'ec2',
      'DescribeVpcs',
    ],
    [
      'of a JSON protocol',
      {
        headers: { authorization: signed('config'), 'x-amz-target': 'StarlingDoveService.PutConfigRule' },
        body: Buffer.from('{"ConfigRule":{}}'),
      },
      'config',
      'PutConfigRule',
    ],
    [
      'whose target has a name with dots',
      {
        headers: {
          authorization: signed('cloudtrail'),
          'x-amz-target': 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.StartLogging',
        },
      },
      'cloudtrail',
      'StartLogging',
    ],
    [
      'of RPC v2',
      {
        headers: { authorization: signed('monitoring') },
        url: '/service/GraniteServiceVersion20100801/operation/PutMetricAlarm',
      },
      'monitoring',
      'PutMetricAlarm',
    ],
    [
      'of Lambda',
      { headers: { authorization: signed('lambda') }, url: '/2015-03-31/functions/guard/invocations?Qualifier=1' },
      'lambda',
      'Invoke',
    ],
    [
      'of Lambda with a trailing slash',
      { headers: { authorization: signed('lambda') }, url: '/2015-03-31/functions/' },
      'lambda',
      'CreateFunction',
    ],
    [
      'of S3',
      { method: 'PUT', headers: { authorization: signed('s3') }, url: '/bucket/key?x-id=PutObject' },
      's3',
      'PutObject',
    ],
    [
      'of S3 on a sub-resource',
      { method: 'PUT', headers: { authorization: signed('s3') }, url: '/bucket?policy' },
      's3',
      'PUT /bucket?policy',
    ],
    ['without a signature', { method: 'GET', url: '/moto-api/' }, '', 'GET /moto-api'],
  ])('%s has its service and operation', (_what, request, service, operation) => {
    const parsed = parseApiRequest(raw(request));

    expect([parsed.service, parsed.operation]).toEqual([service, operation]);
  });

  it('has the access key and region of its signature', () => {
    const parsed = parseApiRequest(raw({ headers: { authorization: signed('ec2') } }));

    expect([parsed.accessKeyId, parsed.region]).toEqual(['AKIAEXAMPLE', 'eu-west-1']);
  });

  it('has the access key of a presigned address', () => {
    const url = '/bucket/key?X-Amz-Credential=AKIAEXAMPLE%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=0';

    expect(parseApiRequest(raw({ method: 'GET', url }))).toMatchObject({ accessKeyId: 'AKIAEXAMPLE', service: 's3' });
  });
});
