export { deployWithTerraform, type DeployOptions, type TerraformDeployment } from './deploy.js';
export { discover, type Discovery, type DiscoverOptions } from './discover.js';
