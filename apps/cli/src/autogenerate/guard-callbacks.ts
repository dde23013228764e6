import type { FilteredObject, FilterRule, SchemaFilter } from '@org/migrate-autogenerate'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import { type LoadedConfig, messageOf } from '../configuration/config.ts'
import { locationInFile } from '../configuration/location-in-file.ts'
import type { Autogenerate } from './settings.ts'

/** Says of what a function of the configuration threw that it is the configuration's, and where. */
function failed(file: string, key: string, cause: unknown): unknown {
  if (isMigrateError(cause)) return cause
  const location = locationInFile(cause, file)
  const why = `\`autogenerate.${key}\` threw: ${messageOf(cause)}`
  const message = `${location === undefined ? file : `${file}:${location.line}:${location.column}`}: ${why}`
  return new MigrateError(
    'CONFIG_FAILED',
    { file, why, ...(location === undefined ? {} : { line: location.line }) },
    message,
    {
      cause,
    },
  )
}

/** The functions of the configuration, each of which names itself and its line where it throws. */
export function guarded(autogenerate: Autogenerate, file: string): Autogenerate {
  const own =
    <A extends readonly unknown[], R>(key: string, call: (...args: A) => R) =>
    (...args: A): R => {
      try {
        const answer = call(...args)
        if (!(answer instanceof Promise)) return answer
        return answer.catch((cause: unknown) => {
          throw failed(file, key, cause)
        }) as R
      } catch (cause) {
        throw failed(file, key, cause)
      }
    }
  const rules = (key: string, given: readonly FilterRule[]): readonly FilterRule[] =>
    given.map((rule) => (typeof rule === 'function' ? own<[FilteredObject], boolean>(key, rule) : rule))
  const { include, exclude, renames, fill, renderType, processOperations } = autogenerate
  return {
    ...autogenerate,
    ...(include === undefined ? {} : { include: rules('include', include) }),
    ...(exclude === undefined ? {} : { exclude: rules('exclude', exclude) }),
    ...(renames === undefined ? {} : { renames: own('renames', renames) }),
    ...(fill === undefined ? {} : { fill: own('fill', fill) }),
    ...(renderType === undefined ? {} : { renderType: own('renderType', renderType) }),
    ...(processOperations === undefined
      ? {}
      : { processOperations: listing(file, own('processOperations', processOperations)) }),
  }
}

type Process = NonNullable<Autogenerate['processOperations']>

function listing(file: string, callback: Process): Process {
  return async (changes, about) => {
    const left: unknown = await callback(changes, about)
    if (Array.isArray(left)) return left as Awaited<ReturnType<Process>>
    const why = '`autogenerate.processOperations` returned no list of changes'
    throw new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, {
      remedy: 'Return the list of the changes to write; an empty list writes none.',
    })
  }
}

export const filterOf = ({ include, exclude }: SchemaFilter): SchemaFilter => ({
  ...(include === undefined ? {} : { include }),
  ...(exclude === undefined ? {} : { exclude }),
})

/** What of a database the configuration names, for commands that need no declared schema. */
export const configuredFilter = ({ config: { autogenerate }, file }: LoadedConfig): SchemaFilter =>
  autogenerate === undefined ? {} : filterOf(guarded(autogenerate, file))
