// Runs a command and sees to it that it does not outlive whoever asked for it.
//
// The sandbox holds this process's standard input. When that ends, because the sandbox closed it or because the sandbox
// was killed, however hard, the command is killed with everything it forked (a pyenv shim forks) and this process ends.
import { spawn } from 'node:child_process';

let child;

const killGroup = () => {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing of the group is left
  }
};

// All of this stands before the command is started: what is told to end in that very moment must not leave it behind.
process.stdin.resume();
process.stdin.on('end', killGroup);
process.stdin.on('error', killGroup);
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, killGroup);
// A terminal sends its interrupt to every process of the foreground group; the sandbox decides when moto ends, and it
// closes the input.
process.on('SIGINT', () => {});

const [command, ...args] = process.argv.slice(2);
child = spawn(command, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => {
  killGroup();
  process.exit(code ?? 1);
});
