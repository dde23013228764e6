import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { manifestField, nearestManifest } from './resolve.ts'

const statement = /^(?:import|export)\b(?!\s*[=(.])/m

/**
 * Whether Node would refuse a file for its form, with a warning: an ES module of a package whose package.json has `"type": "commonjs"`,
 * as `npm init` writes it. https://nodejs.org/api/packages.html#type
 */
export function isModuleOfCommonJs(file: string): boolean {
  return /\.[jt]s$/.test(file) && packageType(file) === 'commonjs' && statement.test(readFileSync(file, 'utf8'))
}

/** By folder: as Node does, what was read once counts for the life of the process. */
const types = new Map<string, unknown>()

function packageType(file: string): unknown {
  const folder = dirname(file)
  if (!types.has(folder)) types.set(folder, readType(file))
  return types.get(folder)
}

/** `type` of the nearest package.json, which decides for all below it. */
function readType(file: string): unknown {
  try {
    const manifest = nearestManifest(file)
    return manifest && manifestField(manifest, 'type')
  } catch {
    // Node names the file that is no JSON.
    return undefined
  }
}
