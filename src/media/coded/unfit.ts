/** Why pictures of a source cannot be taken over as they are: the end of a sentence for a person. Ends no job: everything is encoded again then. */
export class Unfit extends Error {}

/** What is read of parameter sets. @throws Unfit where they are cut or make no sense */
export function readSets<T>(what: () => T): T {
  try {
    return what();
  } catch (error) {
    if (error instanceof RangeError) throw new Unfit('its parameter sets cannot be read');
    throw error;
  }
}
