/**
 * Reads a settings file, and returns the names that a deployment uses. Do not import this in a Lambda function: it brings a YAML parser and
 * a schema library.
 */
export { effectiveBaseline, effectiveSchedule } from './effective.js';
export { guardsEveryAccount, listedMembers } from './members.js';
export {
  approvalRoleName,
  GUARDS,
  guardFunctionName,
  guardLogGroupName,
  guardRoleName,
  memberBusName,
  memberRoleName,
  memberStackSetName,
  scheduleGroupName,
  type DeploymentName,
  type Guard,
} from './names.js';
export { readSettings, type SettingsProblem, type SettingsResult } from './read-settings.js';
export { settingsSchema, type Settings, type SettingsInput } from './settings.js';
