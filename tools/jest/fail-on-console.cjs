// Makes every test fail that prints to the console.
const methods = ['debug', 'error', 'info', 'log', 'warn'];

for (const method of methods) {
  console[method] = (...args) => {
    throw new Error(`a test called console.${method}: ${args.map(String).join(' ')}`);
  };
}
