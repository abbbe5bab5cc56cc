"""Mail: messages made and checked, the weekly mail decided on, and what waits delivered."""
