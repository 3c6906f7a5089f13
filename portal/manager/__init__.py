"""The manager's side: every running application with its lights."""
