/**
 * What compiled text calls where Node 20 has no syntax of its own. The transform would import `@oxc-project/runtime`, which no project has
 * installed. Function declarations, because in a circle of imports code of the file may run before its first line.
 *
 * They are text: a bundler that renames what a function calls would break it.
 */
const runtimeFunctions: Readonly<Record<string, string>> = {
  // https://github.com/tc39/proposal-explicit-resource-management: what `using` declares is disposed from the last to the first.
  usingCtx: `function __migrate_usingCtx() {
  const none = {}
  const resources = []
  const use = (isAwait, value) => {
    if (value === null || value === undefined) {
      if (isAwait) resources.push({ isAwait, dispose() {} })
      return value
    }
    if (Object(value) !== value) throw new TypeError('using takes an object, a function, null or undefined')
    const inTime = isAwait ? value[Symbol.asyncDispose] ?? undefined : undefined
    const method = inTime ?? value[Symbol.dispose]
    if (typeof method !== 'function') throw new TypeError('what using declares has no ' + (isAwait ? '[Symbol.asyncDispose]' : '[Symbol.dispose]'))
    resources.push({ isAwait, dispose() { const result = method.call(value); return inTime === undefined ? undefined : result } })
    return value
  }
  const both = (error, earlier) => {
    if (earlier === none) return error
    if (typeof SuppressedError === 'function') return new SuppressedError(error, earlier)
    return Object.assign(new Error('An error was suppressed during disposal'), { name: 'SuppressedError', error, suppressed: earlier })
  }
  function inOrder(error) {
    for (const { dispose } of resources.reverse()) try { dispose() } catch (thrown) { error = both(thrown, error) }
    if (error !== none) throw error
  }
  async function awaited(error) {
    for (const { isAwait, dispose } of resources.reverse()) {
      try { const result = dispose(); if (isAwait) await result } catch (thrown) { error = both(thrown, error) }
    }
    if (error !== none) throw error
  }
  return {
    e: none,
    u: (value) => use(false, value),
    a: (value) => use(true, value),
    d() { return resources.some(({ isAwait }) => isAwait) ? awaited(this.e) : inOrder(this.e) },
  }
}`,
  // The decorators of `experimentalDecorators`: https://www.typescriptlang.org/docs/handbook/decorators.html
  decorate: `function __migrate_decorate(decorators, target, key, descriptor) {
  const isMember = arguments.length > 2
  let value = !isMember ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : descriptor
  for (const decorator of decorators.reverse()) {
    if (!decorator) continue
    value = (isMember ? decorator(target, key, value) : decorator(value)) || value
  }
  if (isMember && value) Object.defineProperty(target, key, value)
  return value
}`,
  decorateParam: `function __migrate_decorateParam(index, decorator) {
  return (target, key) => decorator(target, key, index)
}`,
  decorateMetadata: `function __migrate_decorateMetadata(key, value) {
  if (typeof Reflect.metadata === 'function') return Reflect.metadata(key, value)
}`,
}

/** The code with the functions that it uses, which the transform calls members of `babelHelpers`. Lines stay where they are. */
export function withRuntimeFunctions(code: string, used: Readonly<Record<string, string>>): string {
  const names = Object.keys(used).filter((name) => runtimeFunctions[name] !== undefined)
  if (names.length === 0) return code
  const renamed = code.replace(/\bbabelHelpers\.(\w+)/g, (whole: string, name: string) =>
    names.includes(name) ? `__migrate_${name}` : whole,
  )
  return `${renamed}\n${names.map((name) => runtimeFunctions[name]).join('\n')}\n`
}
