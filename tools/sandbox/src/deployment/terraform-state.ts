/** Reads what a real `terraform apply` left, from `terraform show -json`. */
import { isObject, listOf, objectOf, parseObject, textOf } from '../json.js';
import { readDeployment, type Deployment, type Place } from './deployment.js';

/**
 * @param text the output of `terraform show -json`
 * @param folder where Terraform ran
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export function readTerraformState(text: string, place: Place, folder: string): Deployment {
  const state = parseObject(text);
  if (state === undefined) throw new Error(`\`terraform show -json\` in ${folder} did not print a JSON object`);
  const all = listOf(objectOf(objectOf(state, 'values'), 'root_module'), 'resources').filter(isObject);
  const managed = all.filter(({ mode }) => mode === 'managed');
  const resources = managed.map((each) => ({ type: textOf(each, 'type') ?? '', values: objectOf(each, 'values') }));
  return readDeployment(resources, place, folder, true);
}
