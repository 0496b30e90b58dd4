const settingsOfOthers = /^(?:AWS|TF|TERRAFORM|CDKTF|PORTCULLIS)_/;

/**
 * An environment without what whoever runs this has set for AWS, Terraform, cdktf and Portcullis: their keys must reach neither the sandbox nor, worse,
 * AWS, and their settings must not change what is deployed.
 */
export const withoutSettingsOfOthers = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !settingsOfOthers.test(name)));
