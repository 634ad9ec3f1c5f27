/** Where this page is: a proxy may have the server under a sub-path, beside other things. The page names its icon by it. */

const readBase = (): string => {
  if (typeof document === 'undefined') return '';
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href;
  return icon ? new URL('.', icon).pathname.replace(/\/$/, '') : '';
};

/** Empty at the root of the origin, else as `/eliza`. */
export const basePath: string = readBase();

/** The address of the server. */
export const findHome = (): string => location.origin + basePath;
