/** Where an error of drawing ends: what is inside gives way to something else, and the rest of the page stays. */
import { Component, type ReactNode } from 'react';
import { Button } from '../button.tsx';
import page from '../page.module.css';

type Props = {
  /** When this is another value, what is inside is drawn again. */
  of: unknown;
  instead: (error: unknown, retry: () => void) => ReactNode;
  children: ReactNode;
};
type State = { of: unknown; failure?: { error: unknown } | undefined };

export class Boundary extends Component<Props, State> {
  override state: State = { of: this.props.of };

  static getDerivedStateFromError = (error: unknown): Partial<State> => ({ failure: { error } });

  static getDerivedStateFromProps = ({ of }: Props, state: State): State | null =>
    Object.is(of, state.of) ? null : { of, failure: undefined };

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return this.props.instead(failure.error, () => this.setState({ failure: undefined }));
  }
}

/** Of an error, in letters. */
const mostSaid = 500;

type ViewProps = { of: unknown; name: string; children: ReactNode };

/** Of a whole view. */
export function ViewBoundary({ of, name, children }: ViewProps) {
  return (
    <Boundary of={of} instead={(error, retry) => <BrokenView name={name} error={error} onRetry={retry} />}>
      {children}
    </Boundary>
  );
}

function BrokenView({ name, error, onRetry }: { name: string; error: unknown; onRetry: () => void }) {
  return (
    <section className={page.page} role="alert" aria-label={`${name} cannot be shown`}>
      <h2>{name} cannot be shown</h2>
      <p className={page.note}>It stopped because of an error. Nothing is lost: the server has everything.</p>
      <p className={page.row}>
        <Button look="main" onClick={onRetry}>
          Try again
        </Button>
        <Button onClick={() => location.reload()}>Reload the page</Button>
      </p>
      <details>
        <summary>What went wrong</summary>
        <code>{String(error).slice(0, mostSaid)}</code>
      </details>
    </section>
  );
}
