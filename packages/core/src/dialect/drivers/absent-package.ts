import { codeOf, thrownMessage } from '../../errors/thrown-value.ts'

/** Of `import`, and of `require`, which a bundle in CommonJS and one of webpack call. Yarn's Plug'n'Play gives them to its own errors. */
const notFound: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])

/** The package itself is not there, as against something that it imports. */
export function isPackageAbsent(error: unknown, name: string): boolean {
  // Of a Worker, without a code: https://github.com/cloudflare/workerd/blob/main/src/workerd/jsg/modules.c++
  if (thrownMessage(error).includes(`No such module "${name}"`)) return true
  if (!notFound.has(codeOf(error))) return false
  // Plug'n'Play names the package without quotation marks: https://yarnpkg.com/advanced/pnpapi
  return thrownMessage(error).includes(`'${name}'`) || dependencyOf(error) === name
}

function dependencyOf(error: unknown): unknown {
  const { data } = error as { readonly data?: { readonly dependencyName?: unknown } | null }
  return data?.dependencyName
}
