import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const statement = /^(?:import|export)\b(?!\s*[=(.])/m

/**
 * Whether Node would refuse a file for its form, with a warning: an ES module of a package whose package.json has `"type": "commonjs"`,
 * as `npm init` writes it. https://nodejs.org/api/packages.html#type
 */
export function isModuleOfCommonJs(file: string): boolean {
  return (
    /\.[jt]s$/.test(file) && packageType(dirname(file)) === 'commonjs' && statement.test(readFileSync(file, 'utf8'))
  )
}

/** `type` of the nearest package.json, which alone decides. */
function packageType(folder: string): unknown {
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch {
    const above = dirname(folder)
    return above === folder ? undefined : packageType(above)
  }
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type
  } catch {
    // Node names the file that is no JSON.
    return undefined
  }
}
