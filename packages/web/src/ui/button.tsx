/** The button: `main` once in a view, `quiet` for what is beside the point. */
import type { ComponentProps } from 'react';
import styles from './button.module.css';

type Props = ComponentProps<'button'> & { look?: 'main' | 'plain' | 'quiet' };

export function Button({ look = 'plain', type = 'button', ...rest }: Props) {
  return <button {...rest} type={type} data-look={look} className={styles.button} />;
}
