// AWS Config's calls after which AWS itself would set to work: a rule that was put judges everything in its scope, a
// recorder that was started discovers the resources, StartConfigRulesEvaluation (HTTP 500 in moto) has a rule judge
// again.
import { failed, jsonError, jsonResponse } from './api-response.js';
import type { ApiRequest } from './api-request.js';
import type { ConfigRecorder } from './config-recorder.js';
import type { Evaluations } from './evaluations.js';
import { listOf, objectOf, textOf } from './json.js';
import { on, type Interceptor } from './pipeline.js';

export interface ConfigCallsOptions {
  readonly recorder: ConfigRecorder;
  readonly evaluations: Evaluations;
  readonly region: string;
  /** The delivery during which the call was made, if a function made it. */
  readonly causeOf: (request: ApiRequest) => Promise<number | undefined>;
}

export const configCalls = ({ recorder, evaluations, region, causeOf }: ConfigCallsOptions): readonly Interceptor[] => {
  const after = (operation: string, act: (request: ApiRequest, cause: number | undefined) => void): Interceptor => ({
    matches: (request) => request.region === region && on('config', operation)(request),
    handle: async (request, next) => {
      const response = await next(request);
      if (!failed(response)) act(request, await causeOf(request));
      return response;
    },
  });

  return [
    after('PutConfigRule', ({ input }, cause) => {
      const name = textOf(objectOf(input, 'ConfigRule'), 'ConfigRuleName');
      if (name !== undefined) recorder.evaluate(name, cause);
    }),
    after('StartConfigurationRecorder', (_request, cause) => {
      recorder.discover(cause);
    }),
    after('DeleteConfigRule', ({ input }) => {
      evaluations.forget(textOf(input, 'ConfigRuleName') ?? '');
    }),
    {
      matches: (request) => request.region === region && on('config', 'StartConfigRulesEvaluation')(request),
      handle: async (request) => {
        const deployed = await recorder.ruleNames();
        const names = listOf(request.input, 'ConfigRuleNames').filter(
          (name): name is string => typeof name === 'string',
        );
        const unknown = names.find((name) => !deployed.includes(name));
        if (unknown !== undefined)
          return jsonError(
            'NoSuchConfigRuleException',
            `The ConfigRule '${unknown}' provided in the request is invalid.`,
          );
        const cause = await causeOf(request);
        for (const name of names) recorder.evaluate(name, cause);
        return jsonResponse({});
      },
    },
  ];
};
