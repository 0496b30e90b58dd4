// moto forgets a recorder's `recordingMode`, so Terraform would plan to set it again for ever. It is kept here and put back into the answer.
import { failed, type ApiResponse } from '../api-response.js';
import { isObject, listOf, objectOf, parseObject, textOf, type JsonObject } from '../json.js';
import { on, type Interceptor } from '../pipeline.js';

const withModes = (response: ApiResponse, modes: ReadonlyMap<string, JsonObject>): ApiResponse => {
  const answer = parseObject(response.body.toString('utf8'));
  if (answer === undefined) return response;
  const recorders = listOf(answer, 'ConfigurationRecorders').map((recorder) => {
    const mode = modes.get(textOf(recorder, 'name') ?? '');
    return isObject(recorder) && mode !== undefined ? { ...recorder, recordingMode: mode } : recorder;
  });
  return { ...response, body: Buffer.from(JSON.stringify({ ...answer, ConfigurationRecorders: recorders })) };
};

export const recordingMode = (): readonly Interceptor[] => {
  const modes = new Map<string, JsonObject>();
  return [
    {
      matches: on('config', 'PutConfigurationRecorder'),
      handle: async (request, next) => {
        const response = await next(request);
        const recorder = objectOf(request.input, 'ConfigurationRecorder');
        const mode = recorder.recordingMode;
        if (!failed(response))
          modes.set(
            textOf(recorder, 'name') ?? 'default',
            isObject(mode) ? mode : { recordingFrequency: 'CONTINUOUS' },
          );
        return response;
      },
    },
    {
      matches: on('config', 'DescribeConfigurationRecorders'),
      handle: async (request, next) => {
        const response = await next(request);
        return failed(response) ? response : withModes(response, modes);
      },
    },
  ];
};
