// A test fails if it prints to the console: a test should assert its output or prevent the output.
const methods = ['debug', 'error', 'info', 'log', 'warn'];

for (const method of methods) {
  console[method] = (...args) => {
    throw new Error(`a test called console.${method}: ${args.map(String).join(' ')}`);
  };
}
