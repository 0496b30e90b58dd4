export * as callForms from './call-forms.js';
export { cloudTrailEvent, type CloudTrailEvent, type RecordFields } from './cloudtrail-event.js';
export { matchesPattern } from './matches-pattern.js';
export * as userIdentities from './user-identities.js';
