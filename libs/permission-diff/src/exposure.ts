/**
 * Finds the sensitive services that rules expose to the world. This is a separate entry point, because programs that only compare
 * permissions do not need the table of services.
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
