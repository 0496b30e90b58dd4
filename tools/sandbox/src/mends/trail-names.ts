// CloudTrail takes a trail's name or its ARN. moto takes the ARN in most calls; to start or stop one it fails with HTTP 500, and asked to delete one it
// says that it did and does not. Terraform sends the ARN.
import { withInput } from '../api-request.js';
import { textOf } from '../json.js';
import { on, type Interceptor } from '../pipeline.js';

export const trailNames = (): Interceptor => ({
  matches: on('cloudtrail', 'StartLogging', 'StopLogging', 'DeleteTrail'),
  handle: (request, next) => {
    const name = textOf(request.input, 'Name') ?? '';
    return next(withInput(request, { ...request.input, Name: name.replace(/^arn:.*:trail\//, '') }));
  },
});
