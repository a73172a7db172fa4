"""Facts in the forms of other programs, out and back in: FollowTheMoney entities, annotations as gold."""
