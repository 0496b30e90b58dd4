/** What there is to be asked for: every command with its arguments, options and examples. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { AdoptOptions } from '../commands/adopt.js';
import type { ApplyOptions } from '../commands/apply.js';
import { completion, type Shell } from './completion.js';
import { check, type CheckOptions } from '../commands/check.js';
import { compile, type CompileOptions } from '../commands/compile.js';
import type { DrillCommandOptions } from '../commands/drill.js';
import type { ExplainOptions } from '../commands/explain.js';
import type { PlanOptions } from '../commands/plan.js';
import type { PreflightOptions } from '../commands/preflight.js';
import type { ReportOptions } from '../commands/report.js';
import { DEFAULT_SETTINGS } from './default-files.js';
import type { ExitCode, Io } from './io.js';
import { DEFAULT_FILE } from '../files/load-baseline.js';
import { DEFAULT_JOURNAL } from '../report/default-journal.js';

/** Makes a command an action: what it resolves to is the exit code. */
export type Act = <Args extends unknown[]>(command: (...args: Args) => Promise<ExitCode>) => (...args: Args) => Promise<void>;

const HELP = `
Examples:
  $ portcullis adopt --vpc vpc-0a1b2c3d            # write a baseline of what is there
  $ portcullis check baseline.yaml
  $ portcullis plan                                # how the live groups differ from it
  $ portcullis apply                               # make them as declared, after asking

Exit codes:
  0    success; for plan and report, no drift
  1    an error: the command line, a file or AWS
  2    drift, a problem that preflight found, or what drill did not see in time
  130  interrupted`;

/** The widest that help is set. */
const MAX_WIDTH = 100;

/** What asks AWS is loaded when it is asked for: the SDK takes longer to load than the others take to run. */
export function createProgram(io: Io, act: Act): Command {
  const program = new Command('portcullis')
    .description('Keeps EC2 security groups exactly as their owners declared them.')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print how to use it')
    .helpCommand(false)
    // Or in a narrow terminal nothing would be wrapped.
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => {
        write(inOurWords(text));
      },
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? MAX_WIDTH, MAX_WIDTH),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? MAX_WIDTH, MAX_WIDTH),
    })
    .addHelpText('after', HELP);

  program
    .command('check')
    .summary('say whether a baseline file is valid')
    .description(
      'Says whether a baseline file is valid; if not, everything that is wrong with it. Warns of what is valid but risky: administration ports open to the world, permits that have ended, selections that overlap.',
    )
    .argument('<file>', 'the baseline file, YAML or JSON')
    .option('--strict', 'end with 1 when there are warnings')
    .addHelpText('after', examples('check baseline.yaml', 'check --strict baseline.yaml'))
    .action(act((file: string, options: CheckOptions) => check(file, options, io)));

  program
    .command('compile')
    .summary('write a baseline file as canonical JSON')
    .description(
      'Checks a baseline file and writes it as the canonical JSON that the functions read. The same baselines give the same bytes, however they are spelt. Nothing is written of a file that is not valid.',
    )
    .argument('<file>', 'the baseline file, YAML or JSON')
    .option('-o, --out <file>', 'where to write it; - or nothing prints it')
    .addHelpText('after', examples('compile baseline.yaml --out baseline.json', 'compile baseline.yaml | diff baseline.json -'))
    .action(act((file: string, options: CompileOptions) => compile(file, options, io)));

  inPlace(program.command('plan'))
    .summary('show how the live groups differ from the baselines')
    .description(
      'Shows for each group that drifted what would be authorized (+) and revoked (-), and what traffic that is about. It changes nothing. Ends with 2 when there is drift.',
    )
    .argument('[file]', 'the baseline file, YAML or JSON', DEFAULT_FILE)
    .option('--json', 'print the plan as JSON')
    .option('--sarif', 'print the plan as SARIF, for the checks of a pull request')
    .option('--html', 'print the plan as a page that needs nothing else')
    .option('-o, --out <file>', 'where to write the JSON, SARIF or HTML; - or nothing prints it')
    .option('--who', 'ask CloudTrail who changed each group last (with --html it is asked anyway)')
    .option('--no-who', 'do not ask')
    .option('--allow-absent', 'do not fail when a declared group does not exist')
    .addHelpText(
      'after',
      examples(
        'plan',
        'plan baseline.yaml --region eu-west-1 --profile prod',
        'plan --html --out drift.html',
        'plan --sarif > portcullis.sarif',
        "plan --json | jq -r '.groups[] | select(.drift) | .id'",
      ),
    )
    .action(act(async (file: string, options: PlanOptions) => (await import('../commands/plan.js')).plan(file, options, io)));

  inPlace(program.command('apply'))
    .summary('make the live groups as declared, after asking')
    .description(
      'Shows the plan, asks, and makes each group as declared: what is missing is authorized before anything is revoked, and no rule goes that alone carries declared traffic. A group that has changed since the plan was shown is left as it is. Interrupted, it finishes the group at hand.',
    )
    .argument('[file]', 'the baseline file, YAML or JSON', DEFAULT_FILE)
    .option('-y, --yes', 'do not ask')
    .option('--max-revocations <number>', 'change nothing where more rules would have to be revoked', wholeNumber(0))
    .option('--json', 'print what was done as JSON, with all rules before and after')
    .option('--allow-absent', 'do not fail when a declared group does not exist')
    .addHelpText('after', examples('apply', 'apply baseline.yaml --profile prod --max-revocations 10', 'apply --yes --json > applied.json'))
    .action(act(async (file: string, options: ApplyOptions) => (await import('../commands/apply.js')).apply(file, options, io)));

  inPlace(program.command('adopt'))
    .summary('write a baseline of the live groups')
    .description(
      'Writes a baseline that declares exactly the rules that the groups have, so that it plans to nothing on the spot. Comments keep the names and descriptions of the groups. A file that is there is not replaced without `--force`.',
    )
    .option('--group <ids...>', 'these groups, by id')
    .option('--tag <key=value...>', 'groups with every one of these tags')
    .option('--vpc <ids...>', 'groups in one of these VPCs')
    .option('--all', 'every group of the account in the region')
    .option('--no-egress', 'do not declare egress: it is then not looked at')
    .addOption(new Option('--mode <mode>', 'what is done about drift').choices(['enforce', 'report']).default('enforce'))
    .option('-o, --out <file>', 'the file to write; - prints it', DEFAULT_FILE)
    .option('--force', 'replace the file if it is there')
    .addHelpText(
      'after',
      examples(
        'adopt --group sg-0a1b2c3d sg-5e6f7a8b',
        'adopt --tag Tier=web --vpc vpc-0a1b2c3d --out web.yaml',
        'adopt --all --no-egress --out - | less',
      ),
    )
    .action(act(async (options: AdoptOptions) => (await import('../commands/adopt.js')).adopt(options, io)));

  inPlace(program.command('explain'))
    .summary('say what the functions would make of an event, and why')
    .description(
      "Says what the detector would make of a CloudTrail record, or the remediator of AWS Config's event, step by step, with the finding they would report. The record may come from EventBridge, a trail's log file or `aws cloudtrail lookup-events`. EC2 is asked how the group is now; nothing is changed.",
    )
    .argument('<event>', 'the file with the event, JSON; - is stdin')
    .option('-b, --baseline <file>', 'the baseline file, YAML or JSON', DEFAULT_FILE)
    .option('--offline', 'judge by the event alone')
    .option('--json', 'print the steps and the findings as JSON')
    .option('--remediator-role <arn>', 'the role of the deployed remediator, whose calls are told as its own')
    .option('--guard-name <name>', 'what the names of the deployed guard begin with', 'portcullis')
    .addHelpText(
      'after',
      examples('explain event.json', 'explain --offline --baseline infra/baseline.yaml event.json', 'explain - < event.json'),
    )
    .action(act(async (file: string, options: ExplainOptions) => (await import('../commands/explain.js')).explain(file, options, io)));

  inPlace(program.command('report'))
    .summary('show the state of all guarded groups, over regions and profiles')
    .description(
      'Reads the guarded groups of every region with every profile side by side, within the limits that EC2 sets an account, and shows which are as declared and which are not. What is found is kept until the report is whole: interrupted, it is resumed without loss. It changes nothing. Ends with 2 when there is drift.',
    )
    .argument('[file]', 'the baseline file, YAML or JSON', DEFAULT_FILE)
    .option('--regions <regions...>', 'several regions; commas may part them')
    .option('--profiles <profiles...>', 'several profiles of the AWS CLI; commas may part them')
    .option('--all-groups', 'list the groups that are as declared, too')
    .option('--who', 'ask CloudTrail who changed each drifted group last')
    .option('--json', 'print the report as JSON')
    .option('--html', 'print the report as a page that needs nothing else')
    .option('-o, --out <file>', 'where to write the JSON or HTML; - or nothing prints it')
    .option('--allow-absent', 'do not fail when a declared group does not exist in any region')
    .option('--resume', 'go on with a report that was not finished')
    .option('--restart', 'begin anew, and forget the one that was not finished')
    .option('--journal <file>', 'where what is found is kept until the report is whole', DEFAULT_JOURNAL)
    .addHelpText(
      'after',
      examples(
        'report',
        'report --regions eu-west-1,us-east-1 --profiles prod,staging',
        'report --profiles prod --html --out fleet.html',
        'report --regions eu-west-1,us-east-1 --resume',
      ),
    )
    .action(act(async (file: string, options: ReportOptions) => (await import('../commands/report.js')).report(file, options, io)));

  withCredentials(program.command('preflight'))
    .summary('say before a deployment what will go wrong or cost money')
    .description(
      'Reads the account that a settings file deploys into, region by region, and says what will fail, what will not work as expected and what will cost more than it must, each with the setting or command that fixes it. It only reads. Ends with 2 when it finds a problem, with 1 when something could not be checked.',
    )
    .argument('[file]', 'the settings file of the deployment', DEFAULT_SETTINGS)
    .option('--region <region>', 'one of the regions of the settings; by default all of them')
    .option('--no-history', "do not ask CloudTrail's event history for other owners: half a second for each group")
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', examples('preflight infra/portcullis.yaml', 'preflight --profile prod --region eu-west-1 --json'))
    .action(
      act(async (file: string, options: PreflightOptions) => (await import('../commands/preflight.js')).preflight(file, options, io)),
    );

  inPlace(program.command('drill'))
    .summary('prove a live deployment by a change of one guarded group')
    .description(
      "Opens a rule that lets nothing in (from 192.0.2.0/24, a documentation block) in one guarded group, after asking, and measures the time until the detector's finding is in its log and until the rule is revoked. It removes what it made, however it ends. Ends with 2 when it does not see both in time.",
    )
    .argument('[file]', 'the settings file of the deployment, or a baseline file', DEFAULT_SETTINGS)
    .option('--group <id>', 'the group, which must be guarded, enforced and at its baseline')
    .addOption(
      new Option('--create-in <vpc>', 'make a group for the drill in this VPC, with the tags that a baseline selects by').conflicts(
        'group',
      ),
    )
    .addOption(new Option('--baseline <name>', 'the baseline whose tags a new group gets, where several select by tag').conflicts('group'))
    .option('--finding-only', 'wait for the finding alone, and revoke the rule afterwards: for a group in mode report')
    .addOption(new Option('--timeout <seconds>', 'how long to wait; AWS Config may take minutes').argParser(wholeNumber(1)).default(900))
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print what was seen as JSON')
    .option('--guard-name <name>', 'what the names of the deployed guard begin with, where the file is a baseline', 'portcullis')
    .addHelpText(
      'after',
      examples(
        'drill --group sg-0a1b2c3d',
        'drill infra/portcullis.yaml --region eu-west-1 --create-in vpc-0a1b2c3d',
        'drill baseline.yaml --group sg-0a1b2c3d --yes --json --timeout 300',
      ),
    )
    .action(act(async (file: string, options: DrillCommandOptions) => (await import('../commands/drill.js')).drill(file, options, io)));

  program
    .command('completion')
    .summary('print what a shell completes commands and options with')
    .description('Prints a script for bash or zsh that completes the commands, their options and files.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(portcullis completion bash)    # in ~/.bashrc\n  $ source <(portcullis completion zsh)     # in ~/.zshrc, after compinit',
    )
    .action(act((shell: Shell) => completion(shell, program, io)));

  return program;
}

/** Reads a whole number of at least that much. */
function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new InvalidArgumentError(`Expected a whole number of ${least} or more.`);
    return Number(text);
  };
}

/** Adds what the commands that ask AWS have in common. */
function inPlace(command: Command): Command {
  return withCredentials(
    command.option('--region <region>', 'the region; by default that of AWS_REGION, AWS_DEFAULT_REGION or the profile'),
  );
}

function withCredentials(command: Command): Command {
  return command
    .option('--profile <profile>', 'the profile of the AWS CLI whose credentials to use')
    .addOption(new Option('--endpoint-url <url>', 'where AWS is, if it is not AWS'));
}

function examples(...lines: readonly string[]): string {
  return `\nExample${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  $ portcullis ${line}`).join('\n')}`;
}

/** Commander says `error: unknown option '--x'`, and what may have been meant in a second line. */
function inOurWords(text: string): string {
  return text
    .replace(/^error: /, 'portcullis: ')
    .replace(/'([^']*)'/g, '`$1`')
    .replace(/^(portcullis: unknown command `.*`)\n$/, '$1; expected one that `portcullis --help` lists\n')
    .replace(
      /\n\(Did you mean (one of )?(.*)\?\)/,
      (_line, _oneOf, meant: string) => `; expected \`${meant.split(', ').join('` or `')}\`?`,
    );
}
