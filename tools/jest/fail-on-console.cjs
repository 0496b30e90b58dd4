// A test that prints fails: its output is noise, or something that the test should assert.
const methods = ['debug', 'error', 'info', 'log', 'warn'];

for (const method of methods) {
  console[method] = (...args) => {
    throw new Error(`console.${method} was called in a test: ${args.map(String).join(' ')}`);
  };
}
