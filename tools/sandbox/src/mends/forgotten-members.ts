// Members of AWS Config's resources that moto takes and forgets. Terraform, which reads back what it set, would plan to
// set them again for ever. They are kept here and put back into the answers.
import { failed, type ApiResponse } from '../api-response.js';
import { isObject, listOf, objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import { on, type Interceptor } from '../pipeline.js';

interface Kind {
  readonly put: string;
  readonly describe: string;
  /** The member of the put's input that holds the resource, and that of the answer that holds the list. */
  readonly resource: string;
  readonly list: string;
  /** The member by which a resource is known. */
  readonly name: string;
  /** What moto forgets of a resource, as AWS would answer it. */
  readonly forgotten: (resource: JsonObject) => JsonObject;
}

/** What moto forgot of the resources of one kind. */
export interface ForgottenMembers {
  readonly interceptors: readonly Interceptor[];
  /** The forgotten members of the resource of that name. */
  of(name: string): JsonObject;
}

const forgottenMembers = (kind: Kind): ForgottenMembers => {
  const kept = new Map<string, JsonObject>();
  const completed = (response: ApiResponse): ApiResponse => {
    const answer = parseObject(response.body.toString('utf8'));
    if (answer === undefined) return response;
    const list = listOf(answer, kind.list).map((resource) =>
      isObject(resource) ? { ...resource, ...kept.get(textOf(resource, kind.name) ?? '') } : resource,
    );
    return { ...response, body: Buffer.from(JSON.stringify({ ...answer, [kind.list]: list })) };
  };
  return {
    of: (name) => kept.get(name) ?? {},
    interceptors: [
      {
        matches: on('config', kind.put),
        handle: async (request, next) => {
          const response = await next(request);
          const resource = objectOf(request.input, kind.resource);
          if (!failed(response)) kept.set(textOf(resource, kind.name) ?? 'default', kind.forgotten(resource));
          return response;
        },
      },
      {
        matches: on('config', kind.describe),
        handle: async (request, next) => {
          const response = await next(request);
          return failed(response) ? response : completed(response);
        },
      },
    ],
  };
};

/** A recorder's recording mode; continuous unless told otherwise. */
export const forgottenOfRecorders = (): ForgottenMembers =>
  forgottenMembers({
    put: 'PutConfigurationRecorder',
    describe: 'DescribeConfigurationRecorders',
    resource: 'ConfigurationRecorder',
    list: 'ConfigurationRecorders',
    name: 'name',
    forgotten: ({ recordingMode }) => ({ recordingMode: recordingMode ?? { recordingFrequency: 'CONTINUOUS' } }),
  });

/** A rule's scope, of which moto forgets the tag, and its evaluation modes; detective unless told otherwise. */
export const forgottenOfRules = (): ForgottenMembers =>
  forgottenMembers({
    put: 'PutConfigRule',
    describe: 'DescribeConfigRules',
    resource: 'ConfigRule',
    list: 'ConfigRules',
    name: 'ConfigRuleName',
    forgotten: ({ Scope, EvaluationModes }) => ({
      ...(Scope !== undefined && { Scope }),
      EvaluationModes: EvaluationModes ?? [{ Mode: 'DETECTIVE' }],
    }),
  });
