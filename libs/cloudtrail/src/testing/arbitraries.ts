import type { IpPermission } from '@portcullis/permission-diff';
import { pathsIn, permissions as anyPermissions, replacedAt } from '@portcullis/permission-diff/testing';
import * as fc from 'fast-check';
import * as callForms from './call-forms.js';

/** One or more permissions that EC2 accepts. Some permissions have ports although their protocol has no ports. */
export const permissions: fc.Arbitrary<IpPermission[]> = anyPermissions
  .filter((list) => list.length > 0)
  .chain((list) =>
    fc
      .constantFrom({}, { FromPort: 0, ToPort: 0 }, { FromPort: -1, ToPort: -1 })
      .map((ports) => list.map((each) => ({ ...ports, ...each }))),
  );

/** An event that `parseCloudTrailEvent` can read: one of the call forms. */
export const readableEvent: fc.Arbitrary<object> = fc.constantFrom(...Object.values(callForms));

/** A readable event in which one value was removed, or was replaced by any JSON value. */
export const mutatedEvent: fc.Arbitrary<unknown> = readableEvent.chain((event) =>
  fc
    .tuple(fc.constantFrom(...pathsIn(event)), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([path, value]) => replacedAt(event, path, value)),
);
