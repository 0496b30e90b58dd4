/**
 * `portcullis check FILE`: reports what is invalid or risky in a baseline file. With a Terraform plan, also reports which changes of the
 * plan the guard would revert.
 */
import { baselinePermitEndDays, type CompiledBaseline } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import { colouredFileProblems } from '../files/file-problems-text.js';
import { parseJsonText, jsonMember } from '../files/json-members.js';
import { loadBaselineFile, warnOfExposuresInBaselineFile } from '../files/load-baseline.js';
import { readFileOrStdin } from '../files/read-text-file.js';
import { Failure, failCommandOnProblems } from '../command-line/failure.js';
import { currentUtcDay, type ExitCode, type Io } from '../command-line/io.js';
import { renderBaselineSize, countWithNoun } from '../render/counted.js';
import {
  limitsBrokenByTerraformPlan,
  changesThatGuardReverts,
  terraformVerdictJson,
  terraformVerdictText,
} from '../terraform/terraform-plan.js';
import { indentedTerminalJson } from '../command-line/printable.js';
import { judgeTerraformPlan } from '../terraform/plan-verdict.js';

export interface CheckOptions {
  /** Whether warnings count as errors. @default false */
  readonly strict?: boolean;
  /** A file with the output of `terraform show -json` for a plan; `-` is stdin. */
  readonly terraformPlan?: string;
  /** Whether to print as JSON what the guard would revert. */
  readonly json?: boolean;
}

/** The plan of a large workspace can have tens of megabytes. */
const MAX_PLAN_BYTES = 256 * 1024 * 1024;

/** @throws {Failure} */
export async function checkCommand(fileName: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const { strict = false, terraformPlan, json = false } = options;
  failCommandOnProblems([json && terraformPlan === undefined && '`--json` needs `--terraform-plan`']);
  const loaded = await loadBaselineFile(fileName, io);
  const { text, compiled } = loaded;
  const warnings = baselineWarnings(text, currentUtcDay(io));
  if (warnings.length > 0)
    io.stderr.write(colouredFileProblems({ fileName, text, problems: warnings, noun: 'warning' }, io.stderr.colours));
  warnOfExposuresInBaselineFile(loaded, io);
  const nextEnd = baselinePermitEndDays(compiled).find((day) => day >= currentUtcDay(io));
  if (nextEnd !== undefined) {
    const note = `the next permit ends on ${nextEnd}; after this day, the next scheduled evaluation revokes the permitted rules (once a day, or at the \`schedule\` in the settings)`;
    io.stderr.write(`${fileName}: note: ${note}\n`);
  }
  const warned = warnings.length === 0 ? '' : `, ${countWithNoun(warnings.length, 'warning')}`;
  if (!json) io.stdout.write(`${fileName}: ${renderBaselineSize(compiled)}: valid${warned}\n`);
  const code = terraformPlan === undefined ? 0 : await checkCommandForTerraformPlan(terraformPlan, compiled, json, io);
  return strict && warnings.length > 0 ? 1 : code;
}

async function checkCommandForTerraformPlan(planName: string, compiled: CompiledBaseline, json: boolean, io: Io): Promise<ExitCode> {
  const plan = parseJsonText(await readFileOrStdin(planName, MAX_PLAN_BYTES, io));
  // The JSON of a Terraform state has neither `resource_changes` nor `planned_values`.
  if (!Array.isArray(jsonMember(plan, 'resource_changes')) && jsonMember(plan, 'planned_values') === undefined)
    throw new Failure(
      `\`${planName}\` is not a Terraform plan; expected the output of \`terraform show -json PLAN\` after \`terraform plan -out PLAN\``,
    );
  // A failed `terraform plan -out` writes an incomplete plan.
  if (jsonMember(plan, 'errored') === true)
    throw new Failure(`\`${planName}\` is incomplete, because \`terraform plan\` failed; expected a plan without errors`);
  const verdict = judgeTerraformPlan(plan, compiled, currentUtcDay(io));
  io.stdout.write(json ? indentedTerminalJson(terraformVerdictJson(verdict)) : terraformVerdictText(verdict, planName, io.stdout));
  return changesThatGuardReverts(verdict).length + limitsBrokenByTerraformPlan(verdict).length > 0 ? 2 : 0;
}
