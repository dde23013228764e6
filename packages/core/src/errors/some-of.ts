/** The first of them, and how many follow. */
export const someOf = (names: readonly string[], most = 10, separator = ', '): string =>
  names.length <= most
    ? names.join(separator)
    : `${names.slice(0, most).join(separator)} and ${names.length - most} more`
