/**
 * Finds the sensitive services that rules expose to the world. It is a separate entry point, because comparing traffic does not need a
 * table of services.
 */
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
