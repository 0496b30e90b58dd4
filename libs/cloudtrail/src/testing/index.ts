export * as callForms from './call-forms.js';
export { cloudTrailEvent, type CloudTrailEvent, type RecordFields } from './cloudtrail-event.js';
export * as userIdentities from './user-identities.js';
