import type { DriverFact } from './dialect.ts'

/** `pg 8.23.1 (installed; postgres is not)`. */
export const describeDriver = ({ name, version, why }: DriverFact): string =>
  `${version === undefined ? name : `${name} ${version}`} (${why})`
