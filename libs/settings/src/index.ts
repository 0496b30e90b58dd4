/**
 * Reads a settings file, and returns the names that a deployment uses. Do not import this module in a Lambda function, because it loads a
 * YAML parser and a schema library.
 */
export { applySettingsMode, settingsSchedule } from './overrides.js';
export { guardsWholeOrganization, listedMemberAccounts } from './members.js';
export {
  approvalRoleName,
  GUARDS,
  guardFunctionName,
  guardLogGroupName,
  guardRoleName,
  memberBusName,
  memberRoleName,
  memberStackSetName,
  approvalScheduleGroupName,
  type DeploymentName,
  type Guard,
} from './names.js';
export { readSettings, type SettingsProblem, type SettingsResult } from './read-settings.js';
export { settingsSchema, type Settings, type SettingsInput } from './settings.js';
