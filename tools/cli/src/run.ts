/** The command line: which command is meant, with what. */
import { Command, CommanderError } from 'commander';
import { check } from './commands/check.js';
import { compile, type CompileOptions } from './commands/compile.js';
import type { ExitCode, Io } from './io.js';

const HELP = `
Examples:
  $ portcullis check baseline.yaml
  $ portcullis compile baseline.yaml --out baseline.json
  $ portcullis compile baseline.yaml | diff baseline.json -

Exit codes:
  0  as asked
  1  a file is invalid, or cannot be read or written
  2  the command line is wrong`;

/** Runs the command that the arguments name, without those for Node and the script, and resolves to its exit code. */
export async function run(argv: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('portcullis')
    .description('Keeps EC2 security groups exactly as their owners declared them.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print how to use it')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => {
        write(inOurWords(text));
      },
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText('after', HELP);

  program
    .command('check')
    .summary('say whether a baseline file is valid')
    .description('Says whether a baseline file is valid; if not, everything that is wrong with it.')
    .argument('<file>', 'the baseline file, YAML or JSON')
    .addHelpText('after', '\nExample:\n  $ portcullis check baseline.yaml')
    .action(async (file: string) => {
      exitCode = await check(file, io);
    });

  program
    .command('compile')
    .summary('write a baseline file as canonical JSON')
    .description(
      'Checks a baseline file and writes it as the canonical JSON that the functions read. The same baselines give the same bytes, however they are spelt. Nothing is written of a file that is not valid.',
    )
    .argument('<file>', 'the baseline file, YAML or JSON')
    .option('-o, --out <file>', 'where to write it; - or nothing prints it')
    .addHelpText('after', '\nExample:\n  $ portcullis compile baseline.yaml --out baseline.json')
    .action(async (file: string, options: CompileOptions) => {
      exitCode = await compile(file, options, io);
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help and the version that were asked for come this way too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exitCode;
}

/** Commander says `error: unknown option '--x'`. */
function inOurWords(text: string): string {
  return text.replace(/^error: /, 'portcullis: ').replace(/'([^']*)'/g, '`$1`');
}
