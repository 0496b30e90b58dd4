/** For whoever judges access: an entry of its own, since a table of services is no algebra. */
export { exposedServices, SENSITIVE_SERVICES, type SensitiveService } from './access/exposed-services.js';
