/** Reads a settings file, and says what a deployment made from it is called. Not for Lambda: it brings a YAML parser and a schema library. */
export { effectiveBaseline, effectiveSchedule } from './effective.js';
export {
  GUARDS,
  guardFunctionName,
  guardLogGroupName,
  guardRoleName,
  memberBusName,
  memberRoleName,
  type DeploymentName,
  type Guard,
} from './names.js';
export { readSettings, type SettingsProblem, type SettingsResult } from './read-settings.js';
export { settingsSchema, type Settings, type SettingsInput } from './settings.js';
