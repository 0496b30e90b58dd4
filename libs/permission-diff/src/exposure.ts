/**
 * Finds the sensitive services that rules expose to the world. The table of services has its own entry point, because most programs only
 * compare permissions.
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
