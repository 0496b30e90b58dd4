/** Judges access by the services that it exposes. It is a separate entry point because a table of services is not part of the algebra. */
export {
  exposedServices,
  exposingRules,
  formatServices,
  hasService,
  SENSITIVE_SERVICES,
  SERVICE_NAMES,
  servicesNamed,
  type SensitiveService,
} from './access/exposed-services.js';
