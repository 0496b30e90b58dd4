/** Returns the value at the key; if there is none, the one made for it, from now on. */
export function getOrAdd<Key, Value extends object>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
