/** Judges access by the services that it exposes: an entry point of its own, since a table of services is no algebra. */
export { exposedServices, exposingRules, formatServices, SENSITIVE_SERVICES, type SensitiveService } from './access/exposed-services.js';
