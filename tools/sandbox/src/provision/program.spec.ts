import { runProgram } from './program.js';

const here = { cwd: import.meta.dirname, env: process.env };
const node = (code: string): readonly string[] => ['-e', code];

describe('a program that is run', () => {
  it('gives its exit code and what it printed, on both streams, without colours', async () => {
    const code = 'console.log("\\u001b[32mgreen\\u001b[39m"); console.error("red  "); process.exit(3)';

    const { code: exitCode, output } = await runProgram(process.execPath, node(code), here);

    expect(exitCode).toBe(3);
    expect(output.split('\n').sort()).toEqual(['green', 'red']);
  });

  it('is told of line by line', async () => {
    const lines: string[] = [];

    await runProgram(process.execPath, node('process.stdout.write("one\\ntw"); process.stdout.write("o\\n")'), {
      ...here,
      onLine: (line) => lines.push(line),
    });

    expect(lines).toEqual(['one', 'two']);
  });

  it('is given its arguments as they are: no shell reads them', async () => {
    const odd = ['$HOME', 'a b', '"', '; exit 1'];

    const code = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { output } = await runProgram(process.execPath, [...node(code), '--', ...odd], here);

    expect(JSON.parse(output)).toEqual(odd);
  });

  it('has the environment it is given and no other', async () => {
    const { output } = await runProgram(process.execPath, node('console.log(Object.keys(process.env).join())'), {
      ...here,
      env: { ONLY: 'this' },
    });

    expect(output.split(',').filter((name) => !name.startsWith('_'))).toEqual(['ONLY']);
  });

  it('that takes too long is ended', async () => {
    const { code } = await runProgram(process.execPath, node('setInterval(() => undefined, 1000)'), {
      ...here,
      timeoutSeconds: 0.5,
    });

    expect(code).not.toBe(0);
  });

  it('that is not there says so', async () => {
    const { code, output } = await runProgram('no-such-program', [], here);

    expect(code).toBe(127);
    expect(output).toContain('no-such-program');
  });
});
