import { failed, errorOf } from '../api-response.js';
import { createEvaluations, type Evaluations, type KeptEvaluation } from '../evaluations.js';
import type { JsonObject } from '../json.js';
import { jsonCall } from '../testing/requests.js';
import { putEvaluations } from './put-evaluations.js';

const evaluation: JsonObject = {
  ComplianceResourceType: 'AWS::EC2::SecurityGroup',
  ComplianceResourceId: 'sg-1',
  ComplianceType: 'COMPLIANT',
  Annotation: 'as declared',
  OrderingTimestamp: 1_767_323_045.678,
};

interface Answered {
  readonly code: string | undefined;
  readonly kept: readonly KeptEvaluation[];
}

const answerTo = async (evaluations: Evaluations, input: JsonObject): Promise<Answered> => {
  const request = jsonCall('config', 'PutEvaluations', input);
  const mend = putEvaluations({ evaluations, causeOf: () => Promise.resolve(undefined) });
  const response = await mend.handle(request, () => Promise.reject(new Error('moto is not asked')));
  expect(failed(response)).toBe(errorOf(request, response) !== undefined);
  return { code: errorOf(request, response)?.code, kept: evaluations.history };
};

const fresh = (): { readonly evaluations: Evaluations; readonly token: string } => {
  const evaluations = createEvaluations(() => undefined);
  const token = evaluations.issueToken('guard');
  evaluations.carried(token, 3);
  return { evaluations, token };
};

describe('an evaluation given with the token of a delivery', () => {
  it('is kept for its rule and delivery', async () => {
    const { evaluations, token } = fresh();

    const { code, kept } = await answerTo(evaluations, { ResultToken: token, Evaluations: [evaluation] });

    expect(code).toBeUndefined();
    expect(kept).toMatchObject([
      {
        ruleName: 'guard',
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-1',
        compliance: 'COMPLIANT',
        annotation: 'as declared',
        orderingTimestamp: new Date('2026-01-02T03:04:05.678Z'),
        deliveryId: 3,
      },
    ]);
  });

  it('is checked and not kept in test mode, whatever its token', async () => {
    const { evaluations } = fresh();

    const answered = await answerTo(evaluations, {
      ResultToken: 'TESTMODE',
      TestMode: true,
      Evaluations: [evaluation],
    });

    expect(answered).toEqual({ code: undefined, kept: [] });
  });

  it('is refused with a token of somebody else', async () => {
    const { evaluations } = fresh();

    const answered = await answerTo(evaluations, { ResultToken: 'TESTMODE', Evaluations: [evaluation] });

    expect(answered).toEqual({ code: 'InvalidResultTokenException', kept: [] });
  });

  it('does not stand when a later state was judged before', () => {
    const { evaluations, token } = fresh();
    const judged = (compliance: 'COMPLIANT' | 'NON_COMPLIANT', second: number): void => {
      evaluations.keep(token, {
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-1',
        compliance,
        orderingTimestamp: new Date(second * 1000),
      });
    };
    judged('COMPLIANT', 2);
    judged('NON_COMPLIANT', 1);

    expect(evaluations.current()).toMatchObject([{ compliance: 'COMPLIANT' }]);
    expect(evaluations.history).toHaveLength(2);
  });
});

describe('the limits of PutEvaluations', () => {
  const times = (count: number): JsonObject[] => Array.from({ length: count }, () => evaluation);

  it.each<readonly [string, JsonObject[], string | undefined]>([
    ['none', [], 'InvalidParameterValueException'],
    ['a hundred', times(100), undefined],
    ['more than a hundred', times(101), 'ValidationException'],
    ['an annotation of 256 characters', [{ ...evaluation, Annotation: 'x'.repeat(256) }], undefined],
    ['an annotation of 257 characters', [{ ...evaluation, Annotation: 'x'.repeat(257) }], 'ValidationException'],
    ['an empty annotation', [{ ...evaluation, Annotation: '' }], 'ValidationException'],
    ['a compliance that is none', [{ ...evaluation, ComplianceType: 'FINE' }], 'ValidationException'],
    [
      'a compliance that only AWS gives',
      [{ ...evaluation, ComplianceType: 'INSUFFICIENT_DATA' }],
      'InvalidParameterValueException',
    ],
    ['no resource', [{ ...evaluation, ComplianceResourceId: '' }], 'ValidationException'],
    ['a time as text', [{ ...evaluation, OrderingTimestamp: '2026-01-02' }], 'SerializationException'],
    ['one bad among good', [evaluation, { ...evaluation, Annotation: '' }], 'ValidationException'],
  ])('answer %s as AWS does', async (_what, list, code) => {
    const { evaluations, token } = fresh();

    const answered = await answerTo(evaluations, { ResultToken: token, Evaluations: list });

    expect(answered.code).toBe(code);
    expect(answered.kept).toHaveLength(code === undefined ? list.length : 0);
  });
});
